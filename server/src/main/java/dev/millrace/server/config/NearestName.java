package dev.millrace.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody probably meant to type. */
public final class NearestName {
  private NearestName() {}

  /**
   * The candidate with the fewest single-character edits, if at most a third of the word (and at
   * least two characters) would have to change.
   */
  public static Optional<String> of(String typed, Collection<String> candidates) {
    int tolerated = Math.max(2, typed.length() / 3);
    return candidates.stream()
        .min(Comparator.comparingInt((String candidate) -> distance(typed, candidate)))
        .filter(candidate -> distance(typed, candidate) <= tolerated);
  }

  /** The sentence to append to a refusal, empty if nothing is near. */
  public static String hint(String typed, Collection<String> candidates) {
    return of(typed, candidates).map(near -> "; did you mean " + near + "?").orElse("");
  }

  /** Levenshtein distance. */
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replaced, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
