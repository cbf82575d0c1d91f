function o(n,e){let t=document.createElement("button");return t.type="button",t.className=n,t.textContent=e,t}export{o as a};
