package dev.millrace.cluster;

import dev.millrace.media.StreamPath;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A {@link ClusterView} that shares its maps with the views before and after it. */
final class Snapshot implements ClusterView {
  private final long version;
  private final Section own;
  private final String coordinatorId;
  private final Map<String, Section> sections;
  private final PathMap<List<Holders.Holder>> index;

  /** Made when first asked for; two threads may both make it, with the same result. */
  private volatile @Nullable List<NodeInfo> byName;

  Snapshot(
      long version,
      Section own,
      String coordinatorId,
      Map<String, Section> sections,
      PathMap<List<Holders.Holder>> index) {
    this.version = version;
    this.own = own;
    this.coordinatorId = coordinatorId;
    this.sections = sections;
    this.index = index;
  }

  @Override
  public long version() {
    return version;
  }

  @Override
  public NodeInfo self() {
    return own.info();
  }

  @Override
  public String coordinatorId() {
    return coordinatorId;
  }

  @Override
  public List<NodeInfo> nodes() {
    List<NodeInfo> sorted = byName;
    if (sorted == null) {
      sorted =
          sections.values().stream()
              .map(Section::info)
              .sorted(Comparator.comparing(NodeInfo::name).thenComparing(NodeInfo::id))
              .toList();
      byName = sorted;
    }
    return sorted;
  }

  @Override
  public Optional<NodeInfo> node(String id) {
    return Optional.ofNullable(sections.get(id)).map(Section::info);
  }

  @Override
  public Set<StreamPath> streams() {
    return index.paths();
  }

  @Override
  public List<Held> holders(StreamPath path) {
    List<Holders.Holder> holders = index.get(path);
    if (holders == null) {
      return List.of();
    }
    List<Held> held = new ArrayList<>(holders.size());
    for (Holders.Holder holder : holders) {
      Section section = sections.get(holder.nodeId());
      if (section != null) {
        held.add(new Held(section.info(), holder.holding()));
      }
    }
    return Collections.unmodifiableList(held);
  }

  @Override
  public List<Holding> holdings(String nodeId) {
    Section section = sections.get(nodeId);
    if (section == null) {
      return List.of();
    }
    List<Holding> all = new ArrayList<>(section.holdings().size());
    section.holdings().forEach((path, ofPath) -> all.addAll(ofPath));
    return Collections.unmodifiableList(all);
  }

  @Override
  public NodeSettings settings(String nodeId) {
    Section section = sections.get(nodeId);
    return section == null ? NodeSettings.NONE : section.settings();
  }

  /** Whether nobody took, changed or let go of a stream between the two. */
  boolean hasStreamsOf(ClusterView other) {
    return other instanceof Snapshot that && that.index == index;
  }

  @Override
  public String toString() {
    return "view %d of %s: %d nodes, %d streams"
        .formatted(version, own.info().name(), sections.size(), index.size());
  }
}
