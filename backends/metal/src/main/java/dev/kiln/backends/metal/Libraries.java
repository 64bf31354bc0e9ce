package dev.kiln.backends.metal;

/** The system's libraries, or what tests put in their place. */
final class Libraries {

    private static final String GIVEN = System.getProperty("kiln.metal.framework", "");

    /** Whether others stand in for the system's. */
    static final boolean STAND_IN = !GIVEN.isEmpty();
    static final String OBJC = System.getProperty("kiln.metal.objc", "/usr/lib/libobjc.A.dylib");
    static final String METAL = STAND_IN ? GIVEN : "/System/Library/Frameworks/Metal.framework/Metal";
    /** To be loaded first: without it command-line programs get no device. */
    static final String GRAPHICS = STAND_IN
            ? GIVEN
            : "/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics";

    private Libraries() {}
}
