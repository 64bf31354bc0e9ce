/** The CPU backend: a table from primitive to kernel, and the kernels. */
module dev.kiln.backends.cpu {
    requires dev.kiln.ops;
    requires static jdk.incubator.vector;
    requires static transitive org.jspecify;

    provides dev.kiln.graph.Backend with dev.kiln.backends.cpu.CpuBackend;
    provides dev.kiln.streams.DeviceDriver with dev.kiln.backends.cpu.CpuBackend;
}
