package dev.millrace.server.e2e;

import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import dev.millrace.testkit.BarCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A watch page that notes what is seen and heard on it. One thread. */
final class WatchPage implements AutoCloseable {
  private static final int FRAMES_PER_SECOND = 30;

  /** As fast as the machine is. */
  static final int UNBOUNDED = -1;

  private final Page page;
  private final CDPSession protocol;

  private WatchPage(Page page) {
    this.page = page;
    this.protocol = page.context().newCDPSession(page);
    protocol.send("Network.enable");
  }

  /** Opens the page of {@code live/NAME}. */
  static WatchPage open(Chromium chromium, NodeUnderTest node, String name) {
    Page page = chromium.newPage();
    page.addInitScript(BarCode.JAVASCRIPT + resource("watch-recorder.js"));
    page.navigate(node.http("/watch/live/" + name).toString());
    return new WatchPage(page);
  }

  /** What was seen and heard since an instant. */
  record Seen(Map<String, Object> values) {
    double number(String key) {
      return ((Number) get(key)).doubleValue();
    }

    Object get(String key) {
      return Objects.requireNonNull(values.get(key), key);
    }
  }

  /** The page's clock, milliseconds. */
  double now() {
    return number("performance.now()");
  }

  @SuppressWarnings("unchecked") // Playwright gives a JavaScript object as a map.
  Seen since(double then) {
    Object seen = page.evaluate("since => summary(since, " + FRAMES_PER_SECOND + ")", then);
    return new Seen((Map<String, Object>) seen);
  }

  /** Turns the sound on and notes it from now on. */
  void listen() {
    page.evaluate("listen()");
  }

  /** As if chosen in the menu. */
  void choose(String choice) {
    page.evaluate("choice => document.querySelector('millrace-player').choose(choice)", choice);
  }

  /** Moves the pointer to the middle of an element. */
  void hover(String selector) {
    page.locator(selector).hover();
  }

  /** Bounds what the page can load in a second. */
  void line(int bitsPerSecond) {
    JsonObject conditions = new JsonObject();
    conditions.addProperty("offline", false);
    conditions.addProperty("latency", 0);
    conditions.addProperty(
        "downloadThroughput", bitsPerSecond == UNBOUNDED ? -1 : bitsPerSecond / 8);
    conditions.addProperty("uploadThroughput", -1);
    protocol.send("Network.emulateNetworkConditions", conditions);
  }

  /** One of the page's measurements. */
  double millrace(String name) {
    return number("window.millrace?." + name);
  }

  double number(String expression) {
    return Chromium.number(page, expression);
  }

  Object evaluate(String expression) {
    return page.evaluate(expression);
  }

  void awaitWidth(int width) {
    await("a picture " + width + " wide", () -> millrace("width") == width);
  }

  /** Waits until so many more seconds of media have been played. */
  void awaitPlayed(double seconds) {
    double[] from = {millrace("currentTime")};
    await(
        seconds + " s more to be played",
        () -> {
          double now = millrace("currentTime");
          // A source that is loaded again counts anew.
          from[0] = Math.min(from[0], now);
          return now - from[0] >= seconds && "playing".equals(evaluate("millrace.state"));
        });
  }

  /** Waits as long as a busy machine may need; says what the page knows if it was not enough. */
  void await(String what, Callable<Boolean> condition) {
    try {
      Awaitility.await(what)
          .pollInSameThread()
          .atMost(Patience.OF_A_BUSY_MACHINE)
          .pollInterval(Duration.ofMillis(100))
          .until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(
          e.getMessage() + "\n" + evaluate("JSON.stringify(window.millrace)"), e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(WatchPage.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    page.close();
  }
}
