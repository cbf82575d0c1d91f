var r=new Intl.PluralRules(document.documentElement.lang||"fr");function o(t,e,n){return(r.select(t)==="one"?e:n).replace("%d",t.toLocaleString(document.documentElement.lang||"fr"))}export{o as a};
