/** Arrays and the operations on them. */
module dev.kiln.ops {
    requires transitive dev.kiln.graph;
    requires transitive com.google.common;
    requires static transitive org.jspecify;

    exports dev.kiln.ops;
    exports dev.kiln.ops.nn;
    exports dev.kiln.ops.optimizers;

    provides dev.kiln.graph.RewriteRule with dev.kiln.ops.RmsNormRule, dev.kiln.ops.NormWeightRule,
            dev.kiln.ops.NormCastRule, dev.kiln.ops.IdentityRule, dev.kiln.ops.RowsFirstRule;
}
