package dev.kiln.backends.metal;

import dev.kiln.backends.metal.Formula.Load;
import dev.kiln.backends.metal.Formula.Store;
import dev.kiln.graph.Work.Extent;
import java.util.List;

/** The kernel of a formula that folds nothing: a thread for each element. */
final class ElementText {

    private ElementText() {}

    static Text write(Formula formula, RowSpace space) {
        Text text = new Text();
        boolean wide = ProgramText.isWide(formula, space);
        Heads.threads(text, wide, ProgramText.arrays(formula), space.rowCount() * space.columnCount());
        List<String> places = space.alongAll().write(text, "i", "x");
        ProgramText.Values values = new ProgramText.Values(formula, text) {
            @Override
            String place(Load load) {
                return places.get(load.array());
            }
        };
        List<Store> stores = formula.stores();
        stores.forEach(store -> values.of(store.value())); // all is read before anything is written over it
        for (int i = 0; i < stores.size(); i++) {
            Store store = stores.get(i);
            String value = values.of(store.value());
            if (store.extent() == Extent.FULL) {
                text.line(ProgramText.store(store, i, "i", value));
            } else {
                String columns = text.parameter(space.columnCount());
                text.line("if (i % " + columns + " == 0) {").in();
                text.line(ProgramText.store(store, i, "i / " + columns, value)).out();
                text.line("}");
            }
        }
        text.out();
        return text.line("}");
    }
}
