package dev.millrace.relay.iptv;

import java.util.Locale;
import java.util.Optional;

/** How much is sent for repair (SMPTE 2022-1: at most 20 columns, 4 to 20 rows, 100 packets). */
public enum FecProfile {
  /** Nothing: for local networks without loss. */
  NONE(0, 0, false),
  /** 10 x 10 in rows and columns: 20 %; single losses of 2 %, bursts of up to 10 packets. */
  DEFAULT(10, 10, true),
  /** 20 columns of 5: 20 %; bursts of up to 20 packets. */
  BURST(20, 5, false),
  /** 10 columns of 10: 10 %; single losses below 1 %. */
  CHEAP(10, 10, false);

  private final int columns;
  private final int rows;
  private final boolean rowParity;

  FecProfile(int columns, int rows, boolean rowParity) {
    this.columns = columns;
    this.rows = rows;
    this.rowParity = rowParity;
  }

  /** L; 0 without any. */
  int columns() {
    return columns;
  }

  /** D. */
  int rows() {
    return rows;
  }

  /** Whether rows are protected beside columns. */
  boolean rowParity() {
    return rowParity;
  }

  /** As configuration and API write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads {@link #text}. */
  static Optional<FecProfile> of(String text) {
    for (FecProfile profile : values()) {
      if (profile.text().equals(text)) {
        return Optional.of(profile);
      }
    }
    return Optional.empty();
  }
}
