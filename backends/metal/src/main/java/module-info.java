/** The Metal backend: a table from primitive to kernel, the kernels, and the calls into Metal. */
module dev.kiln.backends.metal {
    requires transitive dev.kiln.ops;
    requires static transitive org.jspecify;

    exports dev.kiln.backends.metal;

    uses dev.kiln.graph.Backend;

    provides dev.kiln.graph.Backend with dev.kiln.backends.metal.MetalBackend;
    provides dev.kiln.streams.DeviceDriver with dev.kiln.backends.metal.MetalBackend;
}
