/**
 * The lazy graph and how it becomes work: shapes and dtypes, primitives and nodes, rewrite passes, fusion, schedules, the
 * evaluator, memory, and the interface that a backend implements. Knows no concrete operation and no concrete backend;
 * depends on {@code dev.kiln.streams} and Guava.
 */
@NullMarked
package dev.kiln.graph;

import org.jspecify.annotations.NullMarked;
