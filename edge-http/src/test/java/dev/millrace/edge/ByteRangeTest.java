package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteRangeTest {
  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0, 0",
    "bytes=2-4, 2, 4",
    "bytes=2-99, 2, 9",
    "bytes=7-, 7, 9",
    "bytes=-3, 7, 9",
    "bytes=-99, 0, 9",
    "Bytes= 1-2 , 1, 2",
    "bytes=0-999999999999999999, 0, 9"
  })
  void readsOneRange(String header, int first, int last) {
    assertThat(ByteRange.parse(header, 10)).isEqualTo(new ByteRange.Part(first, last));
  }

  @ParameterizedTest
  @CsvSource({"bytes=10-", "bytes=10-20", "bytes=-0", "bytes=999999999999999999-"})
  void refusesWhatIsBeyondTheEnd(String header) {
    assertThat(ByteRange.parse(header, 10)).isEqualTo(new ByteRange.Unsatisfiable());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "bytes=4-2",
        "bytes=-",
        "bytes=a-b",
        "bytes=0-1,3-4",
        "lines=1-2",
        "bytes",
        "''",
        "bytes=99999999999999999999-"
      })
  void ignoresWhatItDoesNotHonour(String header) {
    assertThat(ByteRange.parse(header, 10)).isEqualTo(new ByteRange.Whole());
  }
}
