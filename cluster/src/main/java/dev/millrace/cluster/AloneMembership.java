package dev.millrace.cluster;

import dev.millrace.media.Bytes;
import dev.millrace.media.StreamPath;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The membership of a node that is in no cluster: it sees itself and what it has, and messages to
 * others go nowhere.
 */
public final class AloneMembership implements Membership, Topics {
  private final Directory directory;
  private final Announcer announcer;

  /**
   * @param executor runs the listeners
   */
  public AloneMembership(NodeInfo self, Executor executor) {
    this.directory = new Directory(self);
    this.announcer = new Announcer(executor, this::view);
  }

  @Override
  public ClusterView view() {
    synchronized (directory) {
      return directory.view();
    }
  }

  @Override
  public void onChange(Consumer<ClusterView> listener) {
    announcer.add(listener);
  }

  @Override
  public void hold(Holding holding) {
    change(() -> directory.hold(holding));
  }

  @Override
  public void release(StreamPath path, Holding.Kind kind) {
    change(() -> directory.release(path, kind));
  }

  @Override
  public void load(NodeLoad load) {
    change(() -> directory.info(directory.own().info().withLoad(load)));
  }

  @Override
  public void draining(boolean draining) {
    change(() -> directory.info(directory.own().info().withDraining(draining)));
  }

  @Override
  public void settings(NodeSettings settings) {
    change(() -> directory.settings(settings));
  }

  @Override
  public void listen(int topic, BiConsumer<String, Bytes> listener) {
    // nobody ever sends
  }

  @Override
  public void send(int topic, String nodeId, Bytes message) {
    // nobody is there
  }

  @Override
  public void broadcast(int topic, Bytes message) {
    // nobody is there
  }

  /** Announces the view if the change is one; says so under the directory's monitor. */
  private void change(BooleanSupplier change) {
    boolean changed;
    synchronized (directory) {
      changed = change.getAsBoolean();
    }
    if (changed) {
      announcer.announce();
    }
  }
}
