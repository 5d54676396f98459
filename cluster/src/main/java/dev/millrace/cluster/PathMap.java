package dev.millrace.cluster;

import dev.millrace.media.StreamPath;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map by stream path whose changed copy shares nearly everything with it: a change
 * copies one table of references and the few short runs that it touches, so that a snapshot for
 * every message is cheap at ten thousands of streams. Immutable; any thread.
 */
final class PathMap<V> {
  private static final int SMALLEST = 16;

  /** Entries for each run, at which the table doubles; it halves at an eighth of that. */
  private static final int FULL = 8;

  private static final Object[] NONE = {};
  private static final PathMap<Object> EMPTY = new PathMap<>(emptyTable(SMALLEST), 0);

  /** A run is path, value, path, value, ... of all paths with the same lowest bits of the hash. */
  private final Object[][] table;

  private final int size;

  private PathMap(Object[][] table, int size) {
    this.table = table;
    this.size = size;
  }

  @SuppressWarnings("unchecked") // holds nothing
  static <V> PathMap<V> empty() {
    return (PathMap<V>) EMPTY;
  }

  int size() {
    return size;
  }

  @SuppressWarnings("unchecked") // put by Change.put
  @Nullable V get(StreamPath path) {
    Object[] run = table[slot(path, table.length)];
    int at = find(run, path);
    return at < 0 ? null : (V) run[at + 1];
  }

  /** The key that is equal to this one, so that equal paths are one object in memory. */
  StreamPath canonical(StreamPath path) {
    Object[] run = table[slot(path, table.length)];
    int at = find(run, path);
    return at < 0 ? path : (StreamPath) run[at];
  }

  @SuppressWarnings("unchecked") // put by Change.put
  void forEach(BiConsumer<? super StreamPath, ? super V> action) {
    for (Object[] run : table) {
      for (int i = 0; i < run.length; i += 2) {
        action.accept((StreamPath) run[i], (V) run[i + 1]);
      }
    }
  }

  /** A view of the keys, without copying; unordered. */
  Set<StreamPath> paths() {
    return new AbstractSet<>() {
      @Override
      public boolean contains(@Nullable Object path) {
        return path instanceof StreamPath wanted && get(wanted) != null;
      }

      @Override
      public Iterator<StreamPath> iterator() {
        return new Paths(table);
      }

      @Override
      public int size() {
        return size;
      }
    };
  }

  /** Begins a changed copy. */
  Change<V> change() {
    return new Change<>(this);
  }

  /** A copy in the making; one thread. */
  static final class Change<V> {
    private Object[][] table;
    private int size;

    private Change(PathMap<V> from) {
      this.table = from.table.clone();
      this.size = from.size;
    }

    @SuppressWarnings("unchecked") // put by put
    @Nullable V get(StreamPath path) {
      Object[] run = table[slot(path, table.length)];
      int at = find(run, path);
      return at < 0 ? null : (V) run[at + 1];
    }

    void put(StreamPath path, V value) {
      int slot = slot(path, table.length);
      Object[] run = table[slot];
      int at = find(run, path);
      if (at >= 0) {
        Object[] copy = run.clone();
        copy[at + 1] = value;
        table[slot] = copy;
        return;
      }
      Object[] longer = Arrays.copyOf(run, run.length + 2);
      longer[run.length] = path;
      longer[run.length + 1] = value;
      table[slot] = longer;
      size++;
      if (size > table.length * FULL) {
        table = rehashed(table, table.length * 2);
      }
    }

    void remove(StreamPath path) {
      int slot = slot(path, table.length);
      Object[] run = table[slot];
      int at = find(run, path);
      if (at < 0) {
        return;
      }
      Object[] shorter = run.length == 2 ? NONE : new Object[run.length - 2];
      System.arraycopy(run, 0, shorter, 0, at);
      System.arraycopy(run, at + 2, shorter, at, shorter.length - at);
      table[slot] = shorter;
      size--;
      if (table.length > SMALLEST && size < table.length * FULL / 8) {
        table = rehashed(table, table.length / 2);
      }
    }

    PathMap<V> done() {
      return new PathMap<>(table.clone(), size);
    }
  }

  private static Object[][] rehashed(Object[][] old, int length) {
    Object[][] table = emptyTable(length);
    for (Object[] run : old) {
      for (int i = 0; i < run.length; i += 2) {
        int slot = slot((StreamPath) run[i], length);
        Object[] to = Arrays.copyOf(table[slot], table[slot].length + 2);
        to[to.length - 2] = run[i];
        to[to.length - 1] = run[i + 1];
        table[slot] = to;
      }
    }
    return table;
  }

  private static Object[][] emptyTable(int length) {
    Object[][] table = new Object[length][];
    Arrays.fill(table, NONE);
    return table;
  }

  private static int slot(StreamPath path, int length) {
    int hash = path.hashCode() * 0x9E3779B9;
    return (hash >>> 7 ^ hash >>> 20) & (length - 1);
  }

  private static int find(Object[] run, StreamPath path) {
    for (int i = 0; i < run.length; i += 2) {
      if (run[i].equals(path)) {
        return i;
      }
    }
    return -1;
  }

  private static final class Paths implements Iterator<StreamPath> {
    private final Object[][] table;
    private int run;
    private int at;

    Paths(Object[][] table) {
      this.table = table;
    }

    @Override
    public boolean hasNext() {
      while (run < table.length && at >= table[run].length) {
        run++;
        at = 0;
      }
      return run < table.length;
    }

    @Override
    public StreamPath next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      StreamPath path = (StreamPath) table[run][at];
      at += 2;
      return path;
    }
  }
}
