/** Devices, streams and events: where work runs and in which order. */
module dev.kiln.streams {
    requires jdk.jfr;
    requires static transitive org.jspecify;

    exports dev.kiln.streams;

    uses dev.kiln.streams.DeviceDriver;
}
