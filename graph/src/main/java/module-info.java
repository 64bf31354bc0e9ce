/** The intermediate representation, its rewrite passes, the scheduler, and the interface that backends implement. */
module dev.kiln.graph {
    requires transitive dev.kiln.streams;
    requires transitive com.google.common;
    requires static transitive org.jspecify;
    requires java.management;
    requires jdk.management;

    exports dev.kiln.graph;

    uses dev.kiln.graph.Backend;
    uses dev.kiln.graph.RewriteRule;
}
