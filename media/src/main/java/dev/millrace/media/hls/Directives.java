package dev.millrace.media.hls;

import dev.millrace.media.ProtocolException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The delivery directives of a playlist request (RFC 8216bis §6.2.5). Others that begin with {@code
 * _HLS_} are reserved and ignored.
 *
 * @param msn {@code _HLS_msn}: hold the answer until this media sequence number is listed
 * @param part {@code _HLS_part}: ... or this part of it
 * @param skip {@code _HLS_skip}: a delta update is welcome
 */
public record Directives(OptionalLong msn, OptionalInt part, boolean skip) {
  /** A plain request. */
  public static final Directives NONE =
      new Directives(OptionalLong.empty(), OptionalInt.empty(), false);

  // Nineteen digits and more do not all fit into 64 bits; nobody counts that far.
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  /**
   * Reads the directives from a request's query parameters.
   *
   * @throws ProtocolException (malformed) to be answered with 400
   */
  public static Directives parse(Function<String, Optional<String>> query) {
    Optional<String> msn = query.apply("_HLS_msn");
    Optional<String> part = query.apply("_HLS_part");
    Optional<String> skip = query.apply("_HLS_skip");
    if (part.isPresent() && msn.isEmpty()) {
      // RFC 8216bis §6.2.5.2
      throw ProtocolException.malformed("_HLS_part needs _HLS_msn");
    }
    if (skip.isPresent() && !skip.get().equals("YES") && !skip.get().equals("v2")) {
      throw ProtocolException.malformed("_HLS_skip must be YES or v2");
    }
    OptionalLong msnNumber =
        msn.isPresent() ? OptionalLong.of(number("_HLS_msn", msn.get())) : OptionalLong.empty();
    OptionalInt partNumber =
        part.isPresent()
            ? OptionalInt.of((int) Math.min(number("_HLS_part", part.get()), Integer.MAX_VALUE))
            : OptionalInt.empty();
    return new Directives(msnNumber, partNumber, skip.isPresent());
  }

  private static long number(String name, String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw ProtocolException.malformed(name + " must be a decimal integer of 1 to 18 digits");
    }
    return Long.parseLong(text);
  }
}
