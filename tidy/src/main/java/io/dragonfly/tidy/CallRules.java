// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.tidy;

import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberReferenceTree.ReferenceMode;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Calls that make code untestable (time and randomness that come from nowhere) or that break what
/// others share (interrupts). Each ban names its replacement.
///
/// Found by name in the syntax tree, so that tests are covered too: `System.nanoTime()`,
/// `System::nanoTime` and a static import of it are all seen, comments and strings are not.
final class CallRules {
    private static final String CLOCK =
            "take a LongSupplier (nanoseconds) or an InstantSource in the constructor";
    private static final String RANDOM = "take a RandomGenerator in the constructor";
    private static final String SEEDED = "use new Random(seed) and print the seed";
    private static final String WAIT =
            "wait for the event itself: a Condition, a CountDownLatch or a queue with a bound";
    private static final String INTERRUPT =
            "close the socket or channel instead: an interrupt closes a FileChannel that others"
                    + " share; nobody interrupts here, so an InterruptedException is an"
                    + " IllegalStateException";

    /// Banned in `src/main` only: tests take the wall clock for deadlines, and seed generators.
    private static final Map<String, String> IN_MAIN =
            Map.of(
                    "System.nanoTime", CLOCK,
                    "Clock.systemUTC", CLOCK,
                    "Clock.systemDefaultZone", CLOCK,
                    "InstantSource.system", CLOCK,
                    "new Random", RANDOM,
                    "new SplittableRandom", RANDOM,
                    "new SecureRandom", RANDOM,
                    "RandomGenerator.getDefault", RANDOM);

    private static final Map<String, String> EVERYWHERE =
            Map.of(
                    "System.currentTimeMillis", CLOCK,
                    "Instant.now", CLOCK,
                    "ThreadLocalRandom.current", RANDOM,
                    "Math.random", RANDOM,
                    "UUID.randomUUID", RANDOM,
                    "Thread.sleep", WAIT,
                    "interrupt()", INTERRUPT,
                    "cancel(true)", INTERRUPT,
                    "shutdownNow()", INTERRUPT);

    private CallRules() {}

    /// A banned call.
    ///
    /// @param call as in the tables above
    /// @param place `file:line: `
    record Violation(String file, String call, String place, String instead) {
        /// Whether the call lets time or randomness in; what starts a program may do that.
        boolean isInput() {
            return instead.equals(CLOCK) || instead.equals(RANDOM);
        }

        @Override
        public String toString() {
            return place + call + " is banned: " + instead;
        }
    }

    static List<Violation> violations(JavaSource source) {
        Scanner scanner = new Scanner(source);
        scanner.scan(source.unit(), null);
        return scanner.found;
    }

    private static final class Scanner extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final JavaSource source;
        private final List<Violation> found = new ArrayList<>();

        Scanner(JavaSource source) {
            this.source = source;
        }

        @Override
        public @Nullable Void visitMemberSelect(MemberSelectTree tree, @Nullable Void nothing) {
            check(tree, lastName(tree.getExpression()) + "." + tree.getIdentifier());
            return super.visitMemberSelect(tree, null);
        }

        @Override
        public @Nullable Void visitMemberReference(
                MemberReferenceTree tree, @Nullable Void nothing) {
            String type = lastName(tree.getQualifierExpression());
            if (tree.getMode() == ReferenceMode.NEW) {
                check(tree, "new " + type);
            } else {
                check(tree, type + "." + tree.getName());
                check(tree, tree.getName() + "()");
            }
            return super.visitMemberReference(tree, null);
        }

        @Override
        public @Nullable Void visitNewClass(NewClassTree tree, @Nullable Void nothing) {
            String type = lastName(tree.getIdentifier());
            check(tree, "new " + type);
            if (source.isTest() && type.equals("Random") && tree.getArguments().isEmpty()) {
                add(tree, "new Random()", SEEDED);
            }
            return super.visitNewClass(tree, null);
        }

        @Override
        public @Nullable Void visitMethodInvocation(
                MethodInvocationTree tree, @Nullable Void nothing) {
            String arguments =
                    String.join(", ", tree.getArguments().stream().map(Tree::toString).toList());
            // Only calls on something: a class may have its own private cancel(true).
            if (tree.getMethodSelect() instanceof MemberSelectTree select) {
                check(tree, select.getIdentifier() + "(" + arguments + ")");
            }
            return super.visitMethodInvocation(tree, null);
        }

        private void check(Tree tree, String call) {
            String instead = EVERYWHERE.get(call);
            if (instead == null && source.isMain()) {
                instead = IN_MAIN.get(call);
            }
            if (instead != null) {
                add(tree, call, instead);
            }
        }

        private void add(Tree tree, String call, String instead) {
            found.add(new Violation(source.path(), call, source.at(tree), instead));
        }

        private static String lastName(ExpressionTree tree) {
            return switch (tree) {
                case IdentifierTree name -> name.getName().toString();
                case MemberSelectTree select -> select.getIdentifier().toString();
                default -> "";
            };
        }
    }
}
