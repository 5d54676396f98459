package dev.millrace.origin;

import static dev.millrace.origin.Writer.PATH;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.Targets;
import dev.millrace.media.log.Thumbnail;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PicturesTest {
  private static final long EPOCH = 1000;

  private final AtomicLong now = new AtomicLong();
  private final OriginStore store = new OriginStore(OriginConfig.defaults(), now::get);

  @Test
  void keepsTheNewestPoster() {
    Writer.open(store, EPOCH).part();
    assertThat(store.poster(PATH)).isEmpty();
    store.poster(PATH, EPOCH, picture(10));
    store.poster(PATH, EPOCH, picture(20));
    assertThat(store.poster(PATH)).contains(picture(20));
    assertThat(store.pictureBytes()).isEqualTo(20);
  }

  @Test
  void refusesWhatBelongsToNothingThatIsShown() {
    store.poster(PATH, EPOCH, picture(1));
    store.thumbnail(PATH, thumbnail(EPOCH, 700, 1));
    Writer.open(store, EPOCH).part();
    store.poster(PATH, EPOCH - 1, picture(1));
    store.thumbnail(PATH, thumbnail(EPOCH - 1, 700, 1));
    store.thumbnail(PATH, thumbnail(EPOCH, 699, 1));
    store.thumbnail(PATH, thumbnail(EPOCH, 702, 1));
    assertThat(store.poster(PATH)).isEmpty();
    assertThat(store.thumbnails(PATH)).isEmpty();
    assertThat(store.picturesRefused()).isEqualTo(6);
    assertThat(store.thumbnails(new StreamPath("live", "other"))).isEmpty();
  }

  @Test
  void keepsOneThumbnailOfEachSegmentOfTheWindow() {
    Writer writer = Writer.open(store, EPOCH).segments(2);
    store.thumbnail(PATH, thumbnail(EPOCH, 701, 7));
    store.thumbnail(PATH, thumbnail(EPOCH, 700, 5));
    store.thumbnail(PATH, thumbnail(EPOCH, 700, 6));
    assertThat(store.thumbnails(PATH))
        .containsExactly(thumbnail(EPOCH, 700, 5), thumbnail(EPOCH, 701, 7));

    writer.segments(14); // the window is 15 segments
    assertThat(store.thumbnails(PATH)).containsExactly(thumbnail(EPOCH, 701, 7));
    store.sweep();
    assertThat(store.pictureBytes()).isEqualTo(7);
  }

  @Test
  void refusesPicturesThatAreTooLarge() {
    Writer.open(store, EPOCH).part();
    store.poster(PATH, EPOCH, picture(512 * 1024));
    store.poster(PATH, EPOCH, picture(512 * 1024 + 1));
    assertThat(store.poster(PATH)).contains(picture(512 * 1024));
    store.thumbnail(PATH, thumbnail(EPOCH, 700, 64 * 1024 + 1));
    assertThat(store.thumbnails(PATH)).isEmpty();
    store.thumbnail(PATH, thumbnail(EPOCH, 700, 64 * 1024));
    assertThat(store.thumbnails(PATH)).hasSize(1);
    assertThat(store.picturesRefused()).isEqualTo(2);
  }

  @Test
  void thumbnailsOfALongWindowAreBounded() {
    Writer writer =
        Writer.open(
            store,
            EPOCH,
            new Targets(2_000_000, 4, 512_000, 3_600_000_000L));
    for (int i = 0; i < 200; i++) {
      writer.lastPart();
      store.thumbnail(PATH, thumbnail(EPOCH, 700 + i, 64 * 1024));
    }
    assertThat(store.thumbnails(PATH)).hasSize(128);
    assertThat(store.thumbnails(PATH).getLast().msn()).isEqualTo(899);
    assertThat(store.pictureBytes()).isEqualTo(8L << 20);
  }

  @Test
  void picturesGoWithTheirPresentation() {
    Writer.open(store, EPOCH).segments(1);
    store.poster(PATH, EPOCH, picture(10));
    store.thumbnail(PATH, thumbnail(EPOCH, 700, 5));
    Writer.open(store, EPOCH + 1).part();
    assertThat(store.poster(PATH)).isEmpty();
    assertThat(store.thumbnails(PATH)).isEmpty();
    assertThat(store.pictureBytes()).isZero();
  }

  @Test
  void picturesOfAnEndedPresentationStayAsLongAsItIsReadable() {
    Writer writer = Writer.open(store, EPOCH).segments(1);
    store.poster(PATH, EPOCH, picture(10));
    store.thumbnail(PATH, thumbnail(EPOCH, 700, 5));
    writer.end();
    store.sweep();
    assertThat(store.poster(PATH)).isPresent();
    assertThat(store.thumbnails(PATH)).hasSize(1);
    store.poster(PATH, EPOCH, picture(11));
    assertThat(store.poster(PATH)).as("nothing new of it").contains(picture(10));

    now.addAndGet(Duration.ofSeconds(61).toNanos());
    assertThat(store.poster(PATH)).isEmpty();
    assertThat(store.thumbnails(PATH)).isEqualTo(List.of());
    store.sweep();
    assertThat(store.pictureBytes()).isZero();
  }

  @Test
  void aClosedStoreHoldsNothing() {
    Writer.open(store, EPOCH).part();
    store.poster(PATH, EPOCH, picture(10));
    store.close();
    assertThat(store.pictureBytes()).isZero();
  }

  private static Picture picture(int size) {
    return new Picture(640, 360, Bytes.wrap(new byte[size]));
  }

  private static Thumbnail thumbnail(long epoch, long msn, int size) {
    return new Thumbnail(epoch, msn, msn, new Picture(160, 90, Bytes.wrap(new byte[size])));
  }
}
