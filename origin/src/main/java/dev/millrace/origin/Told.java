package dev.millrace.origin;

import java.util.ArrayList;
import java.util.List;

/**
 * What a change must tell to foreign code: collected under the lock of a {@link StreamStore}, told
 * after it is released. Waiters hear first, then followers.
 */
final class Told {
  private final List<Runnable> answers = new ArrayList<>();
  private final List<Follower> followers = new ArrayList<>();

  void answer(Runnable answer) {
    answers.add(answer);
  }

  void deliverTo(List<Follower> queued) {
    followers.addAll(queued);
  }

  void tell() {
    answers.forEach(Runnable::run);
    followers.forEach(Follower::deliver);
  }
}
