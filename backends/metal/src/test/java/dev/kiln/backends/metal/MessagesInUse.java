package dev.kiln.backends.metal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;

/** All messages that Kiln sends. */
final class MessagesInUse {

    private static final List<Class<?>> SENDERS = List.of(ObjC.class, MtlDevice.class, MtlQueue.class,
            MtlCommands.class,
            MtlPipeline.class, MtlSharedEvent.class);

    private MessagesInUse() {}

    static List<Message> all() {
        StandIn.start();
        List<Message> all = new ArrayList<>();
        for (Class<?> sender : SENDERS) {
            for (var field : sender.getDeclaredFields()) {
                if (field.getType() == Message.class) {
                    field.setAccessible(true);
                    try {
                        all.add((Message) field.get(null));
                    } catch (IllegalAccessException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
        }
        assertTrue(all.size() >= 33, "messages found: " + all.size());
        return all;
    }
}
