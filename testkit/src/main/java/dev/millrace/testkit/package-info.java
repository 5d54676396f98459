/**
 * Fixtures for tests and benchmarks of every module: shared media files, fragmenting feeders,
 * simulated time. Never part of the product.
 */
@NullMarked
package dev.millrace.testkit;

import org.jspecify.annotations.NullMarked;
