package dev.millrace.media.hls;

/**
 * EXT-X-PROGRAM-DATE-TIME (RFC 8216bis §4.4.4.6): ISO 8601 in UTC with milliseconds. Written by
 * hand because every listed segment has one in every playlist: {@code DateTimeFormatter} would take
 * most of the time of a rendering.
 */
record ProgramDateTime(long epochUs) {
  private static final long MS_PER_DAY = 86_400_000;

  void appendTo(StringBuilder out) {
    appendValue(out.append("#EXT-X-PROGRAM-DATE-TIME:")).append('\n');
  }

  StringBuilder appendValue(StringBuilder out) {
    long epochMs = Math.floorDiv(epochUs, 1000);
    appendDate(out, Math.floorDiv(epochMs, MS_PER_DAY));
    long ms = Math.floorMod(epochMs, MS_PER_DAY);
    Decimal.appendPadded(out.append('T'), ms / 3_600_000, 10);
    Decimal.appendPadded(out.append(':'), ms / 60_000 % 60, 10);
    Decimal.appendPadded(out.append(':'), ms / 1000 % 60, 10);
    return Decimal.appendPadded(out.append('.'), ms % 1000, 100).append('Z');
  }

  /**
   * The proleptic Gregorian date of a day number: years are counted from 1 March of year 0, so that
   * the leap day is a year's last day and months follow a fixed pattern of 153 days in five.
   */
  private static void appendDate(StringBuilder out, long epochDay) {
    long day = epochDay + 719_468; // 0000-03-01 to 1970-01-01
    long era = Math.floorDiv(day, 146_097);
    long dayOfEra = Math.floorMod(day, 146_097L);
    long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
    long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    long shiftedMonth = (5 * dayOfYear + 2) / 153;
    long month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
    long year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
    Decimal.appendPadded(out, year, 1000).append('-');
    Decimal.appendPadded(out, month, 10).append('-');
    Decimal.appendPadded(out, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, 10);
  }
}
