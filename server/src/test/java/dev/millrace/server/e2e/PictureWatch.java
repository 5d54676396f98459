package dev.millrace.server.e2e;

import com.microsoft.playwright.Page;

/** Notes for how long the picture of a watch page stands still. */
final class PictureWatch {
  private static final String SCRIPT =
      """
      (() => {
        const video = document.querySelector('millrace-player').video;
        let count = 0, last = performance.now(), longest = 0;
        const stood = () => (longest = Math.max(longest, performance.now() - last));
        const watch = () => video.requestVideoFrameCallback(() => {
          stood();
          last = performance.now();
          count++;
          watch();
        });
        watch();
        window.longestStill = stood;
        window.pictures = () => count;
      })()
      """;

  private final Page page;

  private PictureWatch(Page page) {
    this.page = page;
  }

  /** Begins anew. */
  static PictureWatch begin(Page page) {
    page.evaluate(SCRIPT);
    return new PictureWatch(page);
  }

  /** Waits until so many more pictures were shown. */
  void await(int more) {
    double before = Chromium.number(page, "pictures()");
    Chromium.await(
        more + " more pictures", () -> Chromium.number(page, "pictures()") >= before + more);
  }

  /** The longest time without a new picture so far, milliseconds. */
  double longestStillMillis() {
    return Chromium.number(page, "longestStill()");
  }
}
