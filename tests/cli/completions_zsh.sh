#!/usr/bin/env bash
# The completions for zsh are at least valid zsh.
command -v zsh >/dev/null || { echo 'zsh is not installed'; exit 77; }
zsh -n "$ATTN_SOURCE_DIR/completions/_attn"
