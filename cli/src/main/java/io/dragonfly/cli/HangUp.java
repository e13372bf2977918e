// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import java.lang.reflect.Proxy;

/// SIGHUP, by which daemons are told to read their configuration anew. Without a listener it ends
/// the program.
///
/// By reflection: the compiler warns of the JDK's only interface to signals, and nothing can tell
/// it not to.
public final class HangUp {
    private HangUp() {}

    /// Calls `action` at each SIGHUP, on a thread of the JDK.
    ///
    /// @return false where the signal is ignored, as under `nohup`, or this JDK has no signals
    @SuppressWarnings("ReferenceEquality") // A proxy is itself only.
    public static boolean listen(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy =
                    Proxy.newProxyInstance(
                            HangUp.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (self, method, args) ->
                                    switch (method.getName()) {
                                        case "equals" -> self == args[0];
                                        case "hashCode" -> System.identityHashCode(self);
                                        case "toString" -> "HangUp";
                                        default -> {
                                            action.run();
                                            yield null;
                                        }
                                    });
            Object hangUp = signal.getConstructor(String.class).newInstance("HUP");
            signal.getMethod("handle", signal, handler).invoke(null, hangUp, proxy);
            return true;
        } catch (ReflectiveOperationException _) {
            return false;
        }
    }
}
