package dev.millrace.media.hls;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TagTextTest {
  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

  @Test
  void dateIsThatOfTheJdk() {
    Random random = new Random(5);
    for (int i = 0; i < 20_000; i++) {
      long epochUs = random.nextLong(4_102_444_800_000_000L); // to 2100
      assertThat(date(epochUs)).isEqualTo(ISO.format(Instant.ofEpochMilli(epochUs / 1000)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1970-01-01T00:00:00.000Z",
    "951782399999999, 2000-02-28T23:59:59.999Z",
    "951782400000000, 2000-02-29T00:00:00.000Z",
    "1709251199001000, 2024-02-29T23:59:59.001Z",
    "4107542400000000, 2100-03-01T00:00:00.000Z"
  })
  void dateHoldsAroundLeapDays(long epochUs, String text) {
    assertThat(date(epochUs)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.000000, 0.0", "1, 0.000001, 0.000001", "512000, 0.512000, 0.512",
    "12000000, 12.000000, 12.0", "2002000, 2.002000, 2.002", "3999999, 3.999999, 3.999999"
  })
  void secondsAreExact(long us, String full, String brief) {
    assertThat(Decimal.appendFull(new StringBuilder(), us)).hasToString(full);
    assertThat(Decimal.appendShort(new StringBuilder(), us)).hasToString(brief);
  }

  @ParameterizedTest
  @CsvSource({"29970, 29.970", "60000, 60.000", "23976, 23.976", "5, 0.005"})
  void frameRateHasThreeDecimals(int milli, String text) {
    assertThat(Decimal.appendMilli(new StringBuilder(), milli)).hasToString(text);
  }

  private static String date(long epochUs) {
    StringBuilder out = new StringBuilder();
    new ProgramDateTime(epochUs).appendTo(out);
    return out.toString().replace("#EXT-X-PROGRAM-DATE-TIME:", "").strip();
  }
}
