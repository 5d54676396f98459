package dev.millrace.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.media.Bytes;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.Thumbnail;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PicturesTest {
  private static final String POSTER = "/hls/live/main/poster.jpg";
  private static final String STORYBOARD = "/hls/live/main/storyboard.vtt";

  private final EdgeFixture edge = new EdgeFixture();

  @AfterEach
  void close() {
    edge.close();
  }

  @Test
  void servesThePosterForAFewSecondsAndThenTheNext() {
    edge.stream(9);
    edge.pictures.poster(MemorySource.PATH, picture(1));
    HttpResponse<byte[]> first = edge.get(POSTER);
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.body()).isEqualTo(picture(1).jpeg().toArray());
    assertThat(first.headers().firstValue("content-type")).hasValue("image/jpeg");
    assertThat(first.headers().firstValue("cache-control")).hasValue("public, max-age=3");
    String etag = first.headers().firstValue("etag").orElseThrow();
    assertThat(edge.get(POSTER, "If-None-Match", etag).statusCode()).isEqualTo(304);
    assertThat(edge.send("HEAD", POSTER).headers().firstValue("content-length")).hasValue("3");

    edge.pictures.poster(MemorySource.PATH, picture(2));
    HttpResponse<byte[]> second = edge.get(POSTER, "If-None-Match", etag);
    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(second.body()).isEqualTo(picture(2).jpeg().toArray());
  }

  @Test
  void saysWhyThereIsNoPicture() {
    assertThat(EdgeFixture.text(edge.get(POSTER))).isEqualTo("no stream live/main is live here\n");
    edge.stream(9);
    HttpResponse<byte[]> none = edge.get(POSTER);
    assertThat(none.statusCode()).isEqualTo(404);
    assertThat(EdgeFixture.text(none)).isEqualTo("the stream live/main has no poster yet\n");
    assertThat(none.headers().firstValue("cache-control")).hasValue("public, max-age=1");
    assertThat(EdgeFixture.text(edge.get(STORYBOARD))).contains("no thumbnails yet");
    assertThat(EdgeFixture.text(edge.get("/hls/live/main/thumbnails/1000-500.jpg")))
        .contains("no such thumbnail");
    assertThat(edge.get("/hls/live/main/thumbnails/x.jpg").statusCode()).isEqualTo(404);
    assertThat(edge.get("/hls/live/main/thumbnails/01000-500.jpg").statusCode()).isEqualTo(404);
  }

  @Test
  void asksForThePosterOfAStreamThatNobodyWatches() {
    edge.stream(9);
    edge.pictures.elsewhere(MemorySource.PATH, picture(1));
    assertThat(edge.get(POSTER).body()).isEqualTo(picture(1).jpeg().toArray());
    assertThat(edge.get(POSTER).statusCode()).isEqualTo(200);
    assertThat(edge.pictures.fetched).as("once for a while").hasSize(1);
    assertThat(edge.source.followers).as("the stream is not followed for it").hasValue(0);

    edge.pictures.elsewhere(MemorySource.PATH, picture(2));
    edge.pushedNanos.addAndGet(Duration.ofSeconds(6).toNanos());
    assertThat(edge.get(POSTER).body()).isEqualTo(picture(2).jpeg().toArray());
    assertThat(edge.get("/hls/live/other/poster.jpg").statusCode()).isEqualTo(404);
    assertThat(edge.pictures.fetched).as("nobody is asked for what is not").hasSize(2);
  }

  @Test
  void servesThumbnailsForEverAndTheirIndexForAMoment() {
    edge.stream(9);
    edge.pictures.thumbnail(MemorySource.PATH, thumbnail(500));
    edge.pictures.thumbnail(MemorySource.PATH, thumbnail(501));
    HttpResponse<byte[]> index = edge.get(STORYBOARD);
    assertThat(index.headers().firstValue("content-type")).hasValue("text/vtt; charset=utf-8");
    assertThat(index.headers().firstValue("cache-control")).hasValue("public, max-age=1");
    assertThat(EdgeFixture.text(index))
        .startsWith("WEBVTT\nX-PROGRAM-DATE-TIME:2023-11-14T00:00:00.000Z\n\n")
        .contains("\nthumbnails/1000-500.jpg\n", "\nthumbnails/1000-501.jpg\n");
    HttpResponse<byte[]> thumbnail = edge.get("/hls/live/main/thumbnails/1000-501.jpg");
    assertThat(thumbnail.body()).isEqualTo(picture(501).jpeg().toArray());
    assertThat(thumbnail.headers().firstValue("cache-control").orElse("")).contains("immutable");
    assertThat(thumbnail.headers().firstValue("access-control-allow-origin")).hasValue("*");
  }

  private static Picture picture(int content) {
    return new Picture(640, 360, Bytes.of(0xFF, 0xD8, content & 0xFF));
  }

  private static Thumbnail thumbnail(int msn) {
    return new Thumbnail(MemorySource.EPOCH, msn, 0, picture(msn));
  }
}
