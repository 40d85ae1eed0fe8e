//! What a stock bootstrap of a Flux release consists of.
