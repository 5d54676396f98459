package dev.millrace.media.hls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.hls.BlockingReload.Decision;
import dev.millrace.media.log.LogScript;
import dev.millrace.media.log.StreamView;
import dev.millrace.media.log.Targets;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 8216bis §6.2.5.2; segments 700 and 701 are complete with four parts, 702 has two. */
class BlockingReloadTest {
  private static final StreamView VIEW =
      LogScript.open(1, Targets.DEFAULT).video().segments(2).part(500_000).part(500_000).view();

  /** Segments 700 and 701 are complete, nothing of 702 is there. */
  private static final StreamView BETWEEN =
      LogScript.open(1, Targets.DEFAULT).video().segments(2).view();

  @ParameterizedTest
  @CsvSource({
    // the past
    "0,,Ready",
    "700,,Ready",
    "701,,Ready",
    "701,3,Ready",
    "0,99,Ready",
    // a whole segment
    "702,,Wait",
    "703,,Wait",
    "704,,Refuse",
    "100000,,Refuse",
    // a part
    "702,0,Ready",
    "702,1,Ready",
    "702,2,Wait",
    // past the end of a complete segment: part 0 of the next
    "700,4,Ready",
    "701,4,Ready",
    "701,2000000000,Ready",
    // the Advance Part Limit is 6 with parts of 0.512 s
    "702,7,Wait",
    "702,8,Refuse",
    "702,62,Refuse",
    "703,0,Wait",
    "703,5,Wait",
    "703,6,Refuse",
    "704,0,Refuse"
  })
  void decidesWhileASegmentIsOpen(long msn, @Nullable Integer part, String decision) {
    assertThat(decide(VIEW, msn, part)).isEqualTo(decision);
  }

  @ParameterizedTest
  @CsvSource({
    "701,,Ready",
    "702,,Wait",
    "703,,Wait",
    "704,,Refuse",
    "701,3,Ready",
    "701,4,Wait",
    "702,0,Wait",
    "702,5,Wait",
    "702,6,Refuse",
    "703,0,Wait",
    "703,4,Wait",
    "703,5,Refuse"
  })
  void decidesBetweenSegments(long msn, @Nullable Integer part, String decision) {
    assertThat(decide(BETWEEN, msn, part)).isEqualTo(decision);
  }

  @Test
  void aPartThatAnEndMarkerMadeImpossibleMeansTheNextSegment() {
    LogScript script = LogScript.open(1, Targets.DEFAULT).video().segments(1).part(500_000);
    assertThat(decide(script.view(), 701, 1)).isEqualTo("Wait");

    script.endMarker();
    assertThat(decide(script.view(), 701, 1)).isEqualTo("Wait");

    script.part(500_000);
    assertThat(decide(script.view(), 701, 1)).isEqualTo("Ready");
  }

  @Test
  void answersAtOnceWithoutDirectivesAndAfterTheEnd() {
    StreamView ended = LogScript.open(1, Targets.DEFAULT).video().segments(2).end().view();

    assertThat(BlockingReload.decide(VIEW, "video", Directives.NONE))
        .isInstanceOf(Decision.Ready.class);
    assertThat(decide(ended, 702, null)).isEqualTo("Ready");
    assertThat(decide(ended, 999_999, 50)).isEqualTo("Ready");
  }

  @Test
  void waitsForTheFirstPartOfARendition() {
    StreamView described = LogScript.open(1, Targets.DEFAULT).video().view();

    assertThat(decide(described, 702, null)).isEqualTo("Wait");
  }

  @Test
  void advancePartLimitIsThreeSecondsOfPartsButThreePartsOfASecondOrMore() {
    assertThat(BlockingReload.advancePartLimit(Targets.DEFAULT)).isEqualTo(6);
    assertThat(BlockingReload.advancePartLimit(new Targets(2_000_000, 4, 333_000, 1))).isEqualTo(9);
    assertThat(BlockingReload.advancePartLimit(new Targets(2_000_000, 4, 1_000_000, 1)))
        .isEqualTo(3);
    assertThat(BlockingReload.advancePartLimit(new Targets(2_000_000, 4, 2_000_000, 1)))
        .isEqualTo(3);
  }

  private static String decide(StreamView view, long msn, @Nullable Integer part) {
    Directives directives =
        new Directives(
            OptionalLong.of(msn), part == null ? OptionalInt.empty() : OptionalInt.of(part), false);
    return BlockingReload.decide(view, "video", directives).getClass().getSimpleName();
  }
}
