// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.dfget;

import static org.assertj.core.api.Assertions.assertThat;

import io.dragonfly.origin.testing.Mangler;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.Random;

/// Files of any bytes give a login or none, and what is written for one host goes to no other.
final class NetrcFuzzTest {
    private static final int TEXTS = 5000;
    private static final List<String> GOOD =
            List.of(
                    "machine one.test login me password \"p w\\\"x\"\n",
                    "machine two.test\n login you\n account x\n password #1\n",
                    """
                    macdef init
                     machine one.test login bad password bad

                    default login a password b\
                    """);
    private static final List<String> WORDS =
            List.of(
                    "machine ",
                    "default ",
                    "login ",
                    "password ",
                    "account ",
                    "macdef ",
                    "\"",
                    "\\",
                    "\n",
                    "\n\n",
                    "#",
                    "one.test ",
                    "\r\n");

    static List<Long> seeds() {
        return new Random(35).longs(3).boxed().toList();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anyTextGivesALoginOrNone(long seed) {
        Mangler mangler = new Mangler(seed, WORDS);
        int found = 0;
        for (int i = 0; i < TEXTS; i++) {
            String text = mangler.mangledText(GOOD);
            Netrc.Login login = Netrc.find(text, "one.test");
            if (login != null) {
                found++;
                assertThat(text).as("seed %d", seed).contains("login");
            }
        }
        assertThat(found).as("seed %d", seed).isBetween(1, TEXTS - 1);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whatWasWrittenIsFoundAndOnlyForItsHost(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            int wanted = random.nextInt(5);
            StringBuilder text = new StringBuilder();
            String password = "";
            for (int host = 0; host < 5; host++) {
                String word = word(random);
                password = host == wanted ? word : password;
                text.append("machine h").append(host).append(".test\n  login u").append(host);
                text.append(" password ").append(quoted(word)).append('\n');
            }

            assertThat(Netrc.find(text.toString(), "h" + wanted + ".test"))
                    .as("seed %d: %s", seed, text)
                    .isEqualTo(new Netrc.Login("u" + wanted, password));
            assertThat(Netrc.find(text.toString(), "h.test")).isNull();
        }
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder("p");
        for (int i = random.nextInt(12); i > 0; i--) {
            word.append((char) (' ' + random.nextInt(95)));
        }
        return word.toString();
    }

    private static String quoted(String word) {
        return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
