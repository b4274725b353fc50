/** Control characters, and halves of surrogate pairs, which UTF-8 can't carry. */
export const unprintable = /[\p{Cc}\p{Cs}]/u;
