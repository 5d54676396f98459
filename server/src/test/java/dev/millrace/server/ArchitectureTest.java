package dev.millrace.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Timer;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the house, as docs/develop/architecture.md draws them. */
class ArchitectureTest {
  private static final String HOUSE = "dev.millrace..";
  private static final int MAX_LINES = 500;

  @SuppressWarnings("NullAway.Init")
  private static JavaClasses house;

  @BeforeAll
  static void readClasses() {
    house =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.millrace");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ingest.rtmp", "transcoder", "origin", "edge", "cluster", "relay"})
  void spokesDoNotKnowEachOther(String spoke) {
    String own = "dev.millrace." + spoke + "..";
    check(
        noClasses()
            .that(resideInAPackage(own))
            .should(
                dependOnClassesThat(
                    resideInAPackage(HOUSE)
                        .and(not(resideInAnyPackage(own, "dev.millrace.media..")))))
            .because("a spoke knows the shared words and itself; server wires spokes together")
            .allowEmptyShould(false));
  }

  @Test
  void mediaDependsOnTheJdkOnly() {
    check(
        classes()
            .that(resideInAPackage("dev.millrace.media.."))
            .should()
            .onlyDependOnClassesThat(
                resideInAnyPackage(
                        "dev.millrace.media..", "java..", "javax.net.ssl..", "org.jspecify..")
                    .or(DescribedPredicate.describe("arrays of them", ArchitectureTest::isArray)))
            .because("everybody imports the shared words, so they bring nothing along"));
  }

  @Test
  void formatsKnowNoThreadsSocketsOrFiles() {
    check(
        noClasses()
            .that(
                resideInAnyPackage(
                    "dev.millrace.media.amf..",
                    "dev.millrace.media.cmaf..",
                    "dev.millrace.media.codec..",
                    "dev.millrace.media.flv..",
                    "dev.millrace.media.hls..",
                    "dev.millrace.media.ts.."))
            .should(
                dependOnClassesThat(
                    resideInAnyPackage("java.util.concurrent..", "java.net..", "java.nio.file..")))
            .because("a format is a function of bytes"));
  }

  @Test
  void librariesStayWhereTheyBelong() {
    Map<String, List<String>> homes =
        Map.of(
            "org.bytedeco..", List.of("dev.millrace.transcoder.ffmpeg.."),
            "org.jcodec..", List.of("dev.millrace.transcoder.picture.."),
            "io.vertx..",
                List.of(
                    "dev.millrace.edge..",
                    "dev.millrace.origin.http..",
                    "dev.millrace.server.admin..",
                    "dev.millrace.server.internal..",
                    "dev.millrace.server.swarm.."),
            "io.micrometer..", List.of("dev.millrace.server.metrics.."),
            "io.prometheus..", List.of("dev.millrace.server.metrics.."),
            "org.jgroups..", List.of("dev.millrace.cluster.."),
            "ch.qos.logback..", List.of("dev.millrace.server.logging.."),
            "picocli..", List.of("dev.millrace.server", "dev.millrace.server.bench"),
            "org.snakeyaml..", List.of("dev.millrace.server.config.."));
    homes.forEach(
        (library, packages) ->
            check(
                noClasses()
                    .that(
                        resideInAPackage(HOUSE)
                            .and(not(resideInAnyPackage(packages.toArray(String[]::new)))))
                    .should(dependOnClassesThat(resideInAPackage(library)))
                    .because(library + " is an affair of " + packages)));
  }

  @Test
  void nodeItselfLoadsNothingOfFfmpegButTheOptions() {
    check(
        noClasses()
            .that(
                resideInAPackage(HOUSE)
                    .and(not(resideInAPackage("dev.millrace.transcoder.ffmpeg.."))))
            .should(
                dependOnClassesThat(
                    resideInAPackage("dev.millrace.transcoder.ffmpeg..")
                        .and(
                            DescribedPredicate.describe(
                                "other than PublishOptions",
                                type -> !type.getName().contains(".PublishOptions")))))
            .because("native code runs in child processes only"));
  }

  @Test
  void buffersOfNettyDoNotLeaveTheirModule() {
    DescribedPredicate<List<JavaClass>> buffers =
        DescribedPredicate.describe(
            "a ByteBuf",
            types -> types.stream().anyMatch(type -> type.isAssignableTo(ByteBuf.class)));
    check(
        noMethods()
            .that()
            .arePublic()
            .and()
            .areDeclaredInClassesThat()
            .arePublic()
            .and()
            .areDeclaredInClassesThat(not(assignableTo(ChannelHandler.class)))
            .should()
            .haveRawParameterTypes(buffers)
            .orShould()
            .haveRawReturnType(assignableTo(ByteBuf.class))
            .because("a buffer never leaves the module that read it (ADR 1)"));
  }

  @Test
  void packagesHaveNoCycles() {
    check(
        slices()
            .matching("dev.millrace.(**)")
            .should()
            .beFreeOfCycles()
            .because("what depends on itself cannot be understood a piece at a time"));
  }

  @Test
  void onlyServerReadsClocks() {
    Set<Class<?>> clocks =
        Set.of(
            Clock.class,
            Instant.class,
            InstantSource.class,
            LocalDate.class,
            LocalDateTime.class,
            ZonedDateTime.class);
    DescribedPredicate<JavaAccess<?>> readsClock =
        DescribedPredicate.describe(
            "read a clock",
            access -> {
              AccessTarget target = access.getTarget();
              String name = target.getName();
              boolean system =
                  target.getOwner().isEquivalentTo(System.class)
                      && (name.equals("nanoTime") || name.equals("currentTimeMillis"));
              boolean now =
                  name.equals("now") || name.startsWith("system") || name.startsWith("tick");
              return system
                  || (now
                      && clocks.stream().anyMatch(type -> target.getOwner().isEquivalentTo(type)));
            });
    check(
        noClasses()
            .that(
                resideInAPackage(HOUSE)
                    .and(not(resideInAnyPackage("dev.millrace.server..", "dev.millrace.testkit..")))
                    .and(not(isProgram())))
            .should(access(readsClock))
            .because("time is passed in, as InstantSource or LongSupplier, so that tests hold it"));
  }

  @Test
  void onlyServerAndTranscoderMakeThreads() {
    DescribedPredicate<JavaAccess<?>> makesThread =
        DescribedPredicate.describe(
            "make a thread",
            access -> {
              AccessTarget target = access.getTarget();
              boolean thread =
                  target.getOwner().isEquivalentTo(Thread.class)
                      && (target.getName().equals("<init>")
                          || target.getName().startsWith("of")
                          || target.getName().equals("startVirtualThread"));
              return thread
                  || target.getOwner().isEquivalentTo(Executors.class)
                  || target.getOwner().isEquivalentTo(Timer.class);
            });
    check(
        noClasses()
            .that(
                resideInAPackage(HOUSE)
                    .and(
                        not(
                            resideInAnyPackage(
                                "dev.millrace.server..",
                                "dev.millrace.transcoder..",
                                "dev.millrace.testkit.."))))
            .should(access(makesThread))
            .because("an operator must recognise every thread by the one place that names it"));
  }

  @Test
  void noClassIsNamedAfterADrawer() {
    check(
        noClasses()
            .should()
            .haveNameMatching(".*(Utils?|Helper|Manager|Impl)$")
            .orShould()
            .haveSimpleNameStartingWith("Abstract")
            .orShould()
            .haveSimpleNameStartingWith("Default")
            .because("a name says what a thing is"));
  }

  @Test
  void everyPackageIsNullMarkedAndExplained() {
    ArchCondition<JavaClass> live =
        new ArchCondition<>("live in a package whose package-info.java is @NullMarked") {
          @Override
          public void check(JavaClass type, ConditionEvents events) {
            boolean marked =
                type.getPackage()
                    .tryGetPackageInfo()
                    .filter(info -> info.isAnnotatedWith(NullMarked.class))
                    .isPresent();
            events.add(new SimpleConditionEvent(type, marked, type.getPackageName()));
          }
        };
    check(classes().should(live).because("NullAway checks only what is marked"));
  }

  @Test
  void sourceFilesAreShort() throws IOException {
    Map<Path, Integer> tooLong = new TreeMap<>();
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      for (Path file : files.filter(ArchitectureTest::isSource).toList()) {
        int lines = Files.readAllLines(file).size();
        if (lines > MAX_LINES) {
          tooLong.put(file, lines);
        }
      }
    }
    assertThat(tooLong).as("files of more than " + MAX_LINES + " lines").isEmpty();
  }

  private static boolean isSource(Path file) {
    String path = file.toString().replace('\\', '/');
    return path.endsWith(".java") && path.contains("/src/");
  }

  private static boolean isArray(JavaClass type) {
    return type.isArray()
        && (type.getBaseComponentType().isPrimitive()
            || resideInAnyPackage("dev.millrace.media..", "java..")
                .test(type.getBaseComponentType()));
  }

  /** A main class runs a process of its own, so it is where that process's clock is read. */
  private static DescribedPredicate<JavaClass> isProgram() {
    return DescribedPredicate.describe(
        "are programs", type -> type.getSimpleName().endsWith("Main"));
  }

  private static ArchCondition<JavaClass> access(DescribedPredicate<JavaAccess<?>> which) {
    return new ArchCondition<>(which.getDescription()) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        Stream.concat(
                type.getAccessesFromSelf().stream(), type.getCodeUnitReferencesFromSelf().stream())
            .filter(which)
            .forEach(
                access ->
                    events.add(SimpleConditionEvent.satisfied(type, access.getDescription())));
      }
    };
  }

  private static void check(ArchRule rule) {
    rule.check(house);
  }
}
