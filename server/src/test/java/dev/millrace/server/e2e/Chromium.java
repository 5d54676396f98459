package dev.millrace.server.e2e;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import java.nio.file.Path;
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
    Path chromium = Programs.requireChromium();
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

  /** A number of the page; 0 where it is undefined or none. */
  static double number(Page page, String expression) {
    Object value = page.evaluate("Number(" + expression + " ?? 0)");
    return value instanceof Number number ? number.doubleValue() : 0;
  }

  /** Asks on the calling thread, since a page answers only that one. */
  static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .pollInSameThread()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(200))
        .until(condition);
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
