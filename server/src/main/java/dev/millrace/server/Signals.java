package dev.millrace.server;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGTERM and Ctrl-C: the first one stops the process as always, with all its shutdown hooks; a
 * second one ends it at once, which Java itself does not do while hooks run.
 *
 * <p>By reflection, because {@code sun.misc.Signal}, which every JDK has, makes a warning that
 * cannot be turned off.
 */
final class Signals {
  private static final Logger log = LoggerFactory.getLogger(Signals.class);

  /** As shells tell of processes that a signal ended, less the number of the signal. */
  private static final int ENDED_BY_SIGNAL = 128;

  private static final int SIGTERM = 15;

  private Signals() {}

  /** From now on a second signal ends the process. */
  static void endAtTheSecond() {
    AtomicInteger received = new AtomicInteger();
    InvocationHandler onSignal =
        (proxy, method, arguments) -> {
          if (!method.getName().equals("handle")) {
            return method.invoke(received, arguments); // what every object has
          }
          if (received.incrementAndGet() > 1) {
            Runtime.getRuntime().halt(ENDED_BY_SIGNAL + SIGTERM);
          }
          Thread.ofPlatform().name("signal").start(() -> System.exit(0));
          return null;
        };
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object own =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(), new Class<?>[] {handler}, onSignal);
      for (String name : new String[] {"TERM", "INT"}) {
        signal
            .getMethod("handle", signal, handler)
            .invoke(null, signal.getConstructor(String.class).newInstance(name), own);
      }
    } catch (ReflectiveOperationException | RuntimeException e) {
      log.debug("signals are Java's own affair here: {}", e.toString());
    }
  }
}
