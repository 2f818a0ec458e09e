/** Prints the greatest mean of so many neighbouring values: the first argument says how many. */
public class Main {
    public static void main(String[] arguments) {
        int width = Integer.parseInt(arguments[0]);
        double[] values = new double[arguments.length - 1];
        for (int i = 0; i < values.length; i++) {
            values[i] = Double.parseDouble(arguments[i + 1]);
        }
        System.out.println(greatestMean(values, width));
    }

    static double greatestMean(double[] values, int width) {
        double greatest = Double.NEGATIVE_INFINITY;
        for (int start = 0; start < values.length; start++) {
            greatest = Math.max(greatest, mean(values, start, start + width));
        }
        return greatest;
    }

    static double mean(double[] values, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += values[i];
        }
        return sum / (to - from);
    }
}
