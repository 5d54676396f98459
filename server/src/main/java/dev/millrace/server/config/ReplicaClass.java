package dev.millrace.server.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Streams that are kept on a number of nodes of their own.
 *
 * @param match a path {@code app/name} in which {@code *} stands for any letters
 * @param replicas 1 to 16
 */
public record ReplicaClass(String match, int replicas) {
  /** Completes "expected ...". */
  static final String EXPECTED =
      "a list of {match: \"app/name*\", replicas: 1 to 16}, on one line app/name*=2, comma"
          + " separated";

  private static final Pattern MATCH = Pattern.compile("[A-Za-z0-9._*-]+/[A-Za-z0-9._*-]+");
  private static final int MOST = 16;

  /** Empty if it cannot be one. */
  static Optional<ReplicaClass> of(String match, String replicas) {
    return MATCH.matcher(match).matches() && replicas.matches("[0-9]{1,2}")
        ? Optional.of(new ReplicaClass(match, Integer.parseInt(replicas)))
            .filter(each -> each.replicas >= 1 && each.replicas <= MOST)
        : Optional.empty();
  }

  /** Reads {@code live/vip-*=3, live/*=2}; nothing is the empty list. */
  static Optional<List<ReplicaClass>> readAll(String text) {
    if (text.isBlank()) {
      return Optional.of(List.of());
    }
    List<ReplicaClass> classes = new ArrayList<>();
    for (String pair : text.split(",", -1)) {
      int equals = pair.indexOf('=');
      Optional<ReplicaClass> each =
          equals < 0
              ? Optional.empty()
              : of(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
      if (each.isEmpty()) {
        return Optional.empty();
      }
      classes.add(each.get());
    }
    return Optional.of(List.copyOf(classes));
  }

  static String writeAll(List<ReplicaClass> classes) {
    return classes.stream()
        .map(each -> each.match + "=" + each.replicas)
        .collect(Collectors.joining(", "));
  }
}
