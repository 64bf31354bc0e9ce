/** Arrays and the operations on them. */
module dev.kiln.ops {
    requires transitive dev.kiln.graph;
    requires transitive com.google.common;
    requires static transitive org.jspecify;

    exports dev.kiln.ops;
}
