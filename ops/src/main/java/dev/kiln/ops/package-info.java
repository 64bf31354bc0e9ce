/**
 * Arrays and the operations on them: the API that programs use. Holds each operation's primitive, declared once with its
 * shape rule, its meaning and its derivative, and the transforms of functions; knows no backend. Depends on {@code dev.kiln.graph} and {@code dev.kiln.streams}.
 */
@NullMarked
package dev.kiln.ops;

import org.jspecify.annotations.NullMarked;
