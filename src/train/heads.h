// What attention begins with in a new language model: heads that look back, search and copy.
//
// Answers about regions are found by searching: for the region whose name was asked for, for the
// name of a region, for what comes next in a list. A language model finds out by itself how to, but
// only after very many examples (Olsson et al., "In-context Learning and Induction Heads", 2022).
// Heads that begin with queries, keys and values that fit each other (Trockman and Kolter,
// "Mimetic Initialization of Self-Attention Layers", 2023) can from the first step on.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "language/qwen.h"

namespace fo1::train {

// How to read from a token's vector what it is, and what the tokens before it are: the same random
// projection of that token, each from a space of its own.
struct Readers {
  at::Tensor own;         // [head_dim, dim]
  at::Tensor one_before;  // [head_dim, dim]
  at::Tensor two_before;  // [head_dim, dim]; undefined where a key head has one query head only
};

// The first two query heads of the attention's first key head, or the only one, look one token back
// and two, by their biases, whatever the tokens are, and add what they see in spaces of their own.
// Of the first layer.
Readers look_back(QwenAttentionImpl& attention, double rope_theta);

// What a head looks for and what it brings.
struct Search {
  at::Tensor query, key;  // readers; the head looks at tokens whose `key` reads as its own `query`
  at::Tensor value;       // a reader; undefined: the token that is looked at, as it is
};

// The first query head of key head `key_head` begins so, in the rotary pairs that are slow enough
// for tokens far apart. What `value` reads is added as `own` reads it.
void search(QwenAttentionImpl& attention, double rope_theta, std::int64_t key_head,
            const Search& wanted, const at::Tensor& own);

// Heads from `first` on begin by adding what they look at, as it is: the part of the token's vector
// that lies in the space of the head's values. What one layer has copied the next one, and the
// table that words are said with, read as if it stood there.
void copy_looked_at(QwenAttentionImpl& attention, std::int64_t first = 0);

}  // namespace fo1::train
