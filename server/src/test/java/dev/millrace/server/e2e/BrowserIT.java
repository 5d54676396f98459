package dev.millrace.server.e2e;

import static dev.millrace.server.e2e.Chromium.await;
import static dev.millrace.server.e2e.Chromium.number;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The watch page in a real Chromium: it plays, waits, and goes on by itself. */
class BrowserIT {
  @TempDir static Path folder;
  private static Chromium chromium;
  private static NodeUnderTest node;

  @BeforeAll
  static void start() {
    chromium = Chromium.start();
    node = NodeUnderTest.startOpen(folder);
  }

  @AfterAll
  static void stop() {
    if (chromium != null) {
      chromium.close();
    }
    if (node != null) {
      node.close();
    }
  }

  @Test
  void playsAndGoesOnWhenThePublisherReturns() {
    ChildProcess first = publish("watch");
    try (Page page = chromium.newPage()) {
      node.awaitPlayable("watch");
      page.navigate(node.http("/watch/live/watch").toString());
      page.evaluate("window.notReloaded = true");
      awaitFrames(page, 60);
      await(
          "latency below 4 s",
          () ->
              number(page, "window.millrace.latencySeconds") < 4.0
                  && number(page, "window.millrace.latencySeconds") > 0);

      first.kill();
      await(
          "the page to say that the publisher has left",
          () -> page.evaluate("window.millrace.state").toString().equals("away"));
      assertThat(page.locator("body").innerText().toLowerCase(java.util.Locale.ROOT))
          .contains("streamer away");

      double before = number(page, "window.millrace.decodedFrames");
      try (ChildProcess second = publish("watch")) {
        await(
            "frames to advance again",
            () ->
                number(page, "window.millrace.decodedFrames") > before + 60
                    && page.evaluate("window.millrace.state").toString().equals("playing"));
        await(
            "latency below 4 s again", () -> number(page, "window.millrace.latencySeconds") < 4.0);
        assertThat(second.isAlive()).isTrue();
      }
      assertThat(page.evaluate("window.notReloaded")).isEqualTo(true);
    } finally {
      first.close();
    }
  }

  @Test
  void listsLiveStreamsWithTheirFacts() {
    try (ChildProcess publisher = publish("listed");
        Page page = chromium.newPage()) {
      node.awaitPlayable("listed");
      page.navigate(node.http("/").toString());
      await(
          "the list to show the stream and its size",
          () -> {
            String text = page.locator("body").innerText();
            return text.contains("live/listed") && text.contains("320");
          });
      await(
          "the list to show a picture of it",
          () -> number(page, "document.querySelector('img.poster')?.naturalWidth") == 320);
      assertThat(page.locator("img.poster").isVisible()).as("the picture is visible").isTrue();
      assertThat(publisher.isAlive()).isTrue();
    }
  }

  @Test
  void tellsWhereToPublish() {
    try (Page page = chromium.newPage()) {
      page.navigate(node.http("/").toString());
      String address = "rtmp://127.0.0.1:" + node.rtmpPort() + "/live";
      await(address + " on the page", () -> address.equals(page.locator("#rtmp").textContent()));
    }
  }

  private static ChildProcess publish(String name) {
    return Publisher.libav(folder, "test", node.rtmp(name), "--size", "320x180");
  }

  private static void awaitFrames(Page page, int more) {
    await(more + " decoded frames", () -> number(page, "window.millrace.decodedFrames") >= more);
  }
}
