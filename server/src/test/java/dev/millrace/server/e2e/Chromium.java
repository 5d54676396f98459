package dev.millrace.server.e2e;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.PlaywrightException;
import dev.millrace.server.hosts.VirtualHost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** The machine's Chromium, without a window; skips loudly where there is none. One thread. */
final class Chromium implements AutoCloseable {
  private final Playwright playwright;
  private final Browser browser;

  private Chromium(Playwright playwright, Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  static Chromium start() {
    return start(Programs.requireChromium());
  }

  /**
   * The same in a host of its own.
   *
   * @param folder for a script that is to stay as long as the browser
   */
  static Chromium startIn(VirtualHost host, Path folder) {
    Path chromium = Programs.requireChromium();
    Path script = folder.resolve("chromium-in-" + host.name());
    try {
      Files.writeString(
          script,
          "#!/bin/sh\nexec "
              + String.join(" ", host.command(List.of(chromium.toString())))
              + " \"$@\"\n");
      Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return start(script);
  }

  private static Chromium start(Path chromium) {
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    Browser browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium)
                    .setHeadless(true)
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-quic",
                            "--no-first-run",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--autoplay-policy=no-user-gesture-required")));
    return new Chromium(playwright, browser);
  }

  /** A page with a storage of its own. */
  Page newPage() {
    return browser.newPage();
  }

  /** The same in a small window, which costs little to paint. */
  Page newSmallPage() {
    return browser.newPage(new Browser.NewPageOptions().setViewportSize(240, 200));
  }

  /** A number of the page; 0 where it is undefined or none. */
  static double number(Page page, String expression) {
    Object value = page.evaluate("Number(" + expression + " ?? 0)");
    return value instanceof Number number ? number.doubleValue() : 0;
  }

  /** Asks on the calling thread, since a page answers only that one. */
  static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .pollInSameThread()
        .atMost(Patience.OF_A_BUSY_MACHINE)
        .pollInterval(Duration.ofMillis(200))
        .until(condition);
  }

  /**
   * A browser that has died before is not mourned: what its pages should have done has been judged.
   */
  @Override
  public void close() {
    try {
      browser.close();
    } catch (PlaywrightException e) {
      System.err.println("Chromium could not be closed: " + e.getMessage());
    } finally {
      playwright.close();
    }
  }
}
