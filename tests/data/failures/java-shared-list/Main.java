import java.util.ArrayList;
import java.util.List;

/** Prints the names in the arguments without those that begin like one before them. */
public class Main {
    public static void main(String[] arguments) {
        List<String> names = new ArrayList<>(List.of(arguments));
        for (String name : withoutPrefixed(names)) {
            System.out.println(name);
        }
    }

    static List<String> withoutPrefixed(List<String> names) {
        List<String> kept = new ArrayList<>(names);
        for (String name : kept) {
            kept.removeIf(other -> !other.equals(name) && other.startsWith(name));
        }
        return kept;
    }
}
