package dev.millrace.cluster.settings;

import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * All settings as they were at one time. Immutable; any thread.
 *
 * @param number one more than that of the revision it was made from; 0 for {@link #NONE} only
 * @param author id of the node that it was made on
 * @param at wall time there, in whole milliseconds; for people
 * @param comment of whoever made it, up to 200 characters
 * @param values text by key; unmodifiable
 */
public record Revision(
    long number, String author, Instant at, String comment, SortedMap<String, String> values)
    implements Comparable<Revision> {

  /** Before the first change: nothing is set. */
  public static final Revision NONE = new Revision(0, "", Instant.EPOCH, "", new TreeMap<>());

  static final int MAX_COMMENT = 200;
  static final int MAX_KEYS = 500;

  /** Characters of all keys and values, so that a revision in UTF-8 fits a message. */
  static final int MAX_CHARACTERS = 16_000;

  private static final Pattern KEY = Pattern.compile("[!-~]{1,128}");

  /** The order that decides which revision is in force: all nodes have the same one. */
  private static final Comparator<Revision> ORDER =
      Comparator.comparingLong(Revision::number)
          .thenComparing(Revision::author)
          .thenComparing(Revision::at)
          .thenComparing(revision -> revision.values.toString())
          .thenComparing(Revision::comment);

  /**
   * @throws IllegalArgumentException if something is too long or a key has a character that is not
   *     printable ASCII
   */
  public Revision {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
    if (number < 0 || author.length() > 64) {
      throw new IllegalArgumentException("revision " + number + " of " + author);
    }
    if (comment.length() > MAX_COMMENT) {
      throw new IllegalArgumentException(
          "comment of %d characters, at most %d".formatted(comment.length(), MAX_COMMENT));
    }
    if (values.size() > MAX_KEYS) {
      throw new IllegalArgumentException(
          "%d settings, at most %d".formatted(values.size(), MAX_KEYS));
    }
    int characters = 0;
    for (Map.Entry<String, String> each : values.entrySet()) {
      if (!KEY.matcher(each.getKey()).matches()) {
        throw new IllegalArgumentException(
            "a key has 1 to 128 printable characters (found %d)".formatted(each.getKey().length()));
      }
      characters += each.getKey().length() + each.getValue().length();
    }
    if (characters > MAX_CHARACTERS) {
      throw new IllegalArgumentException(
          "settings of %d characters, at most %d".formatted(characters, MAX_CHARACTERS));
    }
  }

  @Override
  public int compareTo(Revision other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return "revision %d of %s".formatted(number, author);
  }
}
