import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Prints what the articles in the arguments cost, such as "A1:3". */
public class Main {
    public static void main(String[] arguments) {
        PriceList prices = new PriceList(List.of("A1=250", "b2=99", "C3=1200"));
        int total = 0;
        for (String argument : arguments) {
            String[] parts = argument.split(":");
            total += prices.of(parts[0]) * Integer.parseInt(parts[1]);
        }
        System.out.println(total);
    }
}

/** The price of each article in cents; codes have no case. */
class PriceList {
    private final Map<String, Integer> cents = new HashMap<>();

    PriceList(List<String> lines) {
        for (String line : lines) {
            int at = line.indexOf('=');
            cents.put(line.substring(0, at), Integer.valueOf(line.substring(at + 1)));
        }
    }

    int of(String code) {
        return cents.get(code.toUpperCase());
    }
}
