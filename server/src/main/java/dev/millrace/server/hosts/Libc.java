package dev.millrace.server.hosts;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The six system calls that {@link Tap} needs and the JDK has no class for. */
final class Libc {
  private static final MethodHandle OPEN = variadic("open", 2, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle IOCTL =
      variadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
  private static final MethodHandle POLL = plain("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle READ = plain("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle WRITE = plain("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle CLOSE = plain("close", JAVA_INT, JAVA_INT);

  private Libc() {}

  /** A file descriptor, or a negative number. */
  static int open(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      return (int) OPEN.invokeExact(arena.allocateFrom(path), flags);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int ioctl(int descriptor, long request, MemorySegment argument) {
    try {
      return (int) IOCTL.invokeExact(descriptor, request, argument);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int poll(MemorySegment descriptors, long count, int timeoutMs) {
    try {
      return (int) POLL.invokeExact(descriptors, count, timeoutMs);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long read(int descriptor, MemorySegment buffer) {
    try {
      return (long) READ.invokeExact(descriptor, buffer, buffer.byteSize());
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static long write(int descriptor, MemorySegment buffer) {
    try {
      return (long) WRITE.invokeExact(descriptor, buffer, buffer.byteSize());
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int close(int descriptor) {
    try {
      return (int) CLOSE.invokeExact(descriptor);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static MethodHandle plain(String name, MemoryLayout result, MemoryLayout... arguments) {
    return handle(name, FunctionDescriptor.of(result, arguments));
  }

  private static MethodHandle variadic(
      String name, int fixed, MemoryLayout result, MemoryLayout... arguments) {
    // open's mode is left out, so that its two arguments are the fixed ones.
    FunctionDescriptor descriptor = FunctionDescriptor.of(result, arguments);
    return handle(name, descriptor, Linker.Option.firstVariadicArg(fixed));
  }

  @SuppressWarnings("restricted") // Tests are run with --enable-native-access.
  private static MethodHandle handle(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
  }

  private static IllegalStateException unexpected(Throwable e) {
    return new IllegalStateException("a call of the C library failed", e);
  }
}
