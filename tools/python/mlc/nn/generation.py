"""What an entry needs that `mlc-run generate` calls token by token: docs/generation.md."""
from __future__ import annotations

from collections.abc import Callable

from . import ops
from .layers import KeyValueCache
from .module import Function, Module
from .positions import attention
from .shapes import iota, size, slice
from .values import Size, Value, f32, i32, i64


def positions_from(first: Value, time: int | Size) -> Value:
    """Those of new times, [time], or [batch, time] where each text has a first one of its own, [batch]."""
    return iota([time]) + first if first.rank == 0 else iota([first.shape[0], time], 1) + first.reshape(first.shape[0], 1)


def cached_attention(cache: KeyValueCache, q: Value, k: Value, v: Value, position: Value) -> Value:
    """Causal attention of new times, [batch, time, heads, features], to themselves and to those before, of which the cache has keys
    and values."""
    keys, values = cache(k, v, position)
    if position.rank == 0:
        return attention(q, keys, values, layout="bthd", causal=True, offset=position)
    return attention(q, keys, values, layout="bthd", mask=cache.mask(position, q.shape[1]))


def generation_entry(module: Module, known: Callable[[Value, Value], Value], logits: Callable[[Value], Value], *, length: int, texts: int = 1,
                     remembered: int = 64, name: str = "generate") -> Function:
    """Adds the entry that draws the next token of so many texts, with all that `mlc-run generate` gives.

    `known(tokens, position)` is what is known behind each of the new tokens, [texts, time, width]; `position`, of the first one, is of rank 0
    for one text, and [texts] for several, which may be of different lengths. `logits` makes [texts, vocabulary] of [texts, width].
    `length` is that of the longest text, and repetition_penalty looks back at `remembered` tokens.
    """

    def draw(x: Value, bits: Value, temperature: Value, top_k: Value, top_p: Value, penalty: Value, previous: Value) -> dict[str, Value]:
        return {"token": ops.sample(logits(x), bits, previous, given_temperature=temperature, given_top_k=top_k, given_top_p=top_p, given_penalty=penalty)}

    def of_one(tokens: Value, position: Value, seed: Value, temperature: Value, top_k: Value, top_p: Value, repetition_penalty: Value, previous: Value) -> dict[str, Value]:
        x, time = known(tokens, position), size(tokens.shape[1])
        last = slice(x, [0, time - 1, 0], [1, 1, x.shape[2]])[:, 0]
        bits = ops.rng_bits(seed, (position + time).astype(i64), [], 0, result=i32[1])
        return draw(last, bits, temperature, top_k, top_p, repetition_penalty, previous)

    def of_each(tokens: Value, position: Value, lengths: Value, seed: Value, temperature: Value, top_k: Value, top_p: Value, repetition_penalty: Value,
                previous: Value) -> dict[str, Value]:
        last = _at(known(tokens, position), lengths - 1)
        # What a text draws depends on its place in the batch and on how many tokens it has, not on the others.
        bits = _at(ops.rng_bits(seed, size(0, i64), [], 0, result=i32[texts, length]), position + lengths - 1)
        return draw(last, bits, temperature, top_k, top_p, repetition_penalty, previous)

    places = [i32[()]] if texts == 1 else [i32[texts], i32[texts]]
    types = [i32[texts, "time"], *places, i64[()], f32[()], i32[()], f32[()], f32[()], i32[texts, remembered]]
    return module.function(of_one if texts == 1 else of_each, name=name, updates=True, arguments=types)


def _at(x: Value, index: Value) -> Value:
    """x[b, index[b]] for every b."""
    return ops.gather(x, index.reshape(index.shape[0], 1), axis=1, batch_dims=1)[:, 0]
