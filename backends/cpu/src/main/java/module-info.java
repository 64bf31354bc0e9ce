/** The CPU backend: a table from primitive to kernel, and the kernels. */
module dev.kiln.backends.cpu {
    requires dev.kiln.ops;
    requires static jdk.incubator.vector;
    requires static transitive org.jspecify;
}
