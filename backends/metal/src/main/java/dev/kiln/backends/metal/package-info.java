/**
 * The Metal backend. From the ground up: the Objective-C runtime and messages to it ({@code ObjC}, {@code Message}), Metal's
 * objects ({@code Mtl…}), the device with its queues, memory and pipelines, kernels that are generated from fused groups,
 * kernels written by hand, and the table of what there is. The text of the kernels is in the resources beside this package.
 */
@NullMarked
package dev.kiln.backends.metal;

import org.jspecify.annotations.NullMarked;
